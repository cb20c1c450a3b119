"""Addresses of the inspection stage."""

from django.urls import path

from .pages import access, cases, field, firm, public, visits

app_name = "inspection"
urlpatterns = [
    path("inspections/", public.inspections, name="public_visits"),
    path("inspections/<uuid:pk>/", public.inspection, name="public_visit"),
    path("my/", firm.enter, name="my"),
    path("my/page/", firm.page, name="my_page"),
    path("my/cases/<uuid:pk>/<slug:kind>/", firm.send, name="my_send"),
    path("my/receipts/<uuid:pk>/", firm.receipt, name="my_receipt"),
    path("office/field/", field.field, name="field"),
    path("office/field/<uuid:pk>/", field.visit, name="field_visit"),
    path("office/field/<uuid:pk>/confirm/", field.confirm, name="field_confirm"),
    path("office/field/<uuid:pk>/pictures/<slug:sha256>/", access.picture, name="picture"),
    path("office/visits/<uuid:pk>/access/", access.issue, name="access"),
    path("office/sent/<uuid:pk>/", access.sent, name="sent"),
    path("office/sent/<uuid:pk>/files/<slug:sha256>/", access.sent_file, name="sent_file"),
    path("office/visits/", visits.visits, name="visits"),
    path("office/visits/mine/", visits.own, name="own"),
    path("office/visits/<uuid:pk>/", visits.visit, name="visit"),
    path("office/visits/<uuid:pk>/record/", visits.record, name="record"),
    path("office/visits/<uuid:pk>/seal/", visits.seal, name="seal"),
    path("office/visits/<uuid:pk>/laboratory/", visits.assign, name="assign"),
    path("office/samples/", visits.samples, name="samples"),
    path("office/samples/<uuid:pk>/result/", visits.result, name="result"),
    path("office/results/<uuid:pk>/correct/", visits.correct, name="correct"),
    path("office/draws/<slug:serial>/visits/", visits.open_all, name="open_visits"),
    path("office/draws/<slug:serial>/close/", visits.close_draw, name="close_draw"),
    path("office/cases/", cases.cases, name="cases"),
    path("office/cases/<uuid:pk>/", cases.case, name="case"),
    path("office/cases/<uuid:pk>/objection/", cases.objection, name="objection"),
    path("office/cases/<uuid:pk>/steps/<slug:event>/", cases.step, name="step"),
]
