"""Addresses of the inspection stage."""

from django.urls import path

from .pages import case_deeds, cases, papers, prints, public, sites, visit_deeds, visits

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
    path("office/visits/<uuid:pk>/do/<slug:name>/", visit_deeds.visit_deed, name="visit_deed"),
    path("office/visits/<uuid:pk>/files/<slug:sha256>/", visit_deeds.visit_file, name="visit_file"),
    path("office/samples/", visits.samples, name="samples"),
    path("office/samples/<uuid:pk>/result/", visits.result, name="result"),
    path("office/results/<uuid:pk>/correct/", visits.correct, name="correct"),
    path("office/draws/<slug:serial>/visits/", visits.open_all, name="open_visits"),
    path("office/draws/<slug:serial>/close/", visits.close_draw, name="close_draw"),
    path("construction/", sites.site_rates, name="site_rates"),
    path("office/works/", sites.site_checks, name="site_checks"),
    path("office/works/new/", sites.site_new, name="site_new"),
    path("office/works/items/", sites.check_items, name="check_items"),
    path("office/works/<uuid:pk>/", sites.site_check, name="site_check"),
    path("office/works/<uuid:pk>/record/", sites.site_record, name="site_record"),
    path("office/works/<uuid:pk>/steps/<slug:event>/", sites.site_step, name="site_step"),
    path("office/cases/", cases.cases, name="cases"),
    path("office/cases/<uuid:pk>/", cases.case, name="case"),
    path("office/cases/<uuid:pk>/do/<slug:name>/", case_deeds.case_deed, name="case_deed"),
    path("office/cases/<uuid:pk>/objection/", cases.objection, name="objection"),
    path("office/cases/<uuid:pk>/steps/<slug:event>/", cases.step, name="step"),
    path("office/visits/<uuid:pk>/papers/<slug:kind>/<slug:form>/", papers.of_visit, name="visit_paper"),
    path("office/cases/<uuid:pk>/papers/<slug:kind>/issue/", papers.issue, name="issue_paper"),
    path("office/cases/<uuid:pk>/papers/<slug:kind>/<slug:form>/", papers.of_case, name="case_paper"),
    path("office/papers/", papers.papers, name="papers"),
    path("office/papers/<uuid:pk>/", papers.paper, name="paper"),
    path("office/papers/<uuid:pk>/file/", papers.file, name="paper_file"),
    path("office/papers/<uuid:pk>/compare/", papers.compare, name="compare_paper"),
    path("office/prints/", prints.prints, name="prints"),
    path("office/prints/start/<slug:kind>/<slug:form>/", prints.start, name="start_print"),
    path("office/prints/<uuid:pk>/", prints.job, name="print"),
    path("office/prints/<uuid:pk>/file/", prints.file, name="print_file"),
]
