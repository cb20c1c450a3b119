"""Addresses of the disclosure stage; that of a notice stays for good."""

from __future__ import annotations

from django.urls import path

from .pages import files, monitor, office, public

app_name = "disclosure"
urlpatterns = [
    path("monitor/", monitor.board, name="monitor"),
    path("notices/", public.notices, name="public_notices"),
    path("notices/feed.atom", files.feed, name="feed"),
    path("notices/key.txt", files.key, name="key"),
    path("notices/<slug:number>/", public.notice, name="public_notice"),
    path("notices/<slug:number>/v<int:version>/", public.version, name="public_version"),
    path("notices/<slug:number>/notice.json", files.proof, name="notice_json"),
    path("notices/<slug:number>/notice.<slug:form>", files.paper, name="paper"),
    path("office/notices/", office.notices, name="notices"),
    path("office/notices/due/", office.due, name="due"),
    path("office/notices/new/", office.new_notice, name="new_notice"),
    path("office/notices/<uuid:pk>/", office.notice, name="notice"),
    path("office/notices/<uuid:pk>/edit/", office.edit, name="edit"),
    path("office/notices/<uuid:pk>/publish/", office.publish, name="publish"),
    path("office/notices/<uuid:pk>/correct/", office.correct, name="correct"),
    path("office/notices/<uuid:pk>/withdraw/", office.withdraw, name="withdraw"),
    path("office/notices/<uuid:pk>/discard/", office.discard, name="discard"),
]
