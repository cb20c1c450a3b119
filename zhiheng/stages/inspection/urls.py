"""Addresses of the inspection stage."""

from django.urls import path

from .pages import cases, lab, public, reports, visits

app_name = "inspection"
urlpatterns = [
    path("inspections/", public.inspections, name="public_visits"),
    path("inspections/<uuid:pk>/", public.inspection, name="public_visit"),
    path("office/visits/", visits.visits, name="visits"),
    path("office/visits/mine/", visits.own, name="own"),
    path("office/visits/<uuid:pk>/", visits.visit, name="visit"),
    path("office/visits/<uuid:pk>/record/", visits.record, name="record"),
    path("office/visits/<uuid:pk>/seal/", visits.seal, name="seal"),
    path("office/visits/<uuid:pk>/laboratory/", visits.assign, name="assign"),
    path("office/samples/", visits.samples, name="samples"),
    path("office/samples/<uuid:pk>/result/", visits.result, name="result"),
    path("office/samples/template.xlsx", lab.template, name="samples_template"),
    path("office/samples/board/", lab.board, name="lab_board"),
    path("office/samples/all/", lab.samples, name="lab_samples"),
    path("office/samples/<uuid:pk>/receive/", reports.receive, name="receive"),
    path("office/samples/<uuid:pk>/draft/", reports.item, name="item"),
    path("office/reports/", reports.reports, name="reports"),
    path("office/reports/drafts/", reports.drafts, name="drafts"),
    path("office/reports/sign/", reports.sign, name="sign"),
    path("office/reports/drafts/<uuid:pk>/", reports.draft, name="draft"),
    path("office/reports/drafts/<uuid:pk>/discard/", reports.discard, name="discard_draft"),
    path("office/reports/<uuid:pk>/", reports.report, name="report"),
    path("office/reports/<uuid:pk>/record.json", reports.report_record, name="report_record"),
    path("office/reports/<uuid:pk>/correct/", reports.correct, name="correct_report"),
    path("office/results/<uuid:pk>/correct/", visits.correct, name="correct"),
    path("office/draws/<slug:serial>/visits/", visits.open_all, name="open_visits"),
    path("office/draws/<slug:serial>/close/", visits.close_draw, name="close_draw"),
    path("office/cases/", cases.cases, name="cases"),
    path("office/cases/<uuid:pk>/", cases.case, name="case"),
    path("office/cases/<uuid:pk>/objection/", cases.objection, name="objection"),
    path("office/cases/<uuid:pk>/steps/<slug:event>/", cases.step, name="step"),
]
