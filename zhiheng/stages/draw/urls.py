"""Addresses of the draw stage."""

from django.urls import path

from .pages import calendar, custody, cycles, draws, joints, panels, preparing, progress, reserves

app_name = "draw"
urlpatterns = [
    path("draws/", draws.public_draws, name="public_draws"),
    path("draws/progress/", progress.public_progress, name="public_progress"),
    path("draws/<slug:serial>/", draws.public_draw, name="public_draw"),
    path("draws/<slug:serial>/certificate.json", draws.certificate, name="certificate"),
    path("draws/<slug:serial>/closing.json", draws.closing, name="closing"),
    path("draws/<slug:serial>/frame.tsv", draws.frame_file, name="frame_file"),
    path("office/plan/calendar/", calendar.calendar, name="calendar"),
    path("office/plan/calendar/plan/", calendar.plan_year, name="plan_year"),
    path("office/plan/calendar/duties/<uuid:pk>/", calendar.plan_draw, name="plan_draw"),
    path("joint/", joints.public_joints, name="public_joints"),
    path("joint/<slug:serial>/", joints.public_joint, name="public_joint"),
    path("joint/<slug:serial>/record.json", joints.record, name="joint_record"),
    path("office/joint/", joints.office_joints, name="joints"),
    path("office/joint/new/", joints.joint_new, name="joint_new"),
    path("office/joint/<slug:serial>/", joints.office_joint, name="joint"),
    path("office/joint/<slug:serial>/seal/", joints.joint_seal, name="joint_seal"),
    path("office/draws/", draws.office_draws, name="draws"),
    path("office/draws/commit/", draws.commit, name="commit"),
    path("office/draws/prepare/<uuid:pk>/", preparing.prepare, name="prepare"),
    path("office/draws/prepare/<uuid:pk>/freeze/", preparing.freeze, name="freeze"),
    path("office/draws/cycles/", cycles.cycle, name="cycle"),
    path("office/draws/progress/", progress.progress, name="progress"),
    path("office/draws/custodians/", custody.custodians, name="custodians"),
    path("office/custody/", custody.seats, name="seats"),
    path("office/custody/<slug:serial>/take/", custody.take, name="share_take"),
    path("office/custody/<slug:serial>/give/", custody.give, name="share_give"),
    path("office/custody/<slug:serial>/open/", custody.recover, name="recover"),
    path("office/draws/<slug:serial>/", draws.office_draw, name="draw"),
    path("office/draws/<slug:serial>/shares/<int:seat>/", custody.hand_out, name="share_hand_out"),
    path("office/draws/<slug:serial>/reveal/", draws.reveal, name="reveal"),
    path("office/draws/<slug:serial>/abort/", draws.abort, name="abort"),
    path("office/draws/<slug:serial>/reserve/", reserves.reserve, name="reserve"),
    path("office/draws/<slug:serial>/panel/", panels.panel, name="panel"),
    path("office/draws/<slug:serial>/panel/end/", panels.panel_end, name="panel_end"),
]
