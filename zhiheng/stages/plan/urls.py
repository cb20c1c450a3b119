"""Addresses of the plan stage."""

from __future__ import annotations

from django.urls import path

from .pages import office, public

app_name = "plan"
urlpatterns = [
    path("plan/", public.plan, name="plan"),
    path("plan/articles/<int:number>/", public.article, name="article"),
    path("plan/targets/<str:id>/", public.target, name="target"),
    path("office/obligations/", office.obligations, name="obligations"),
    path("office/obligations/new/", office.obligation_new, name="obligation_new"),
    path("office/obligations/<uuid:pk>/", office.obligation, name="obligation"),
    path("office/obligations/<uuid:pk>/move/", office.obligation_move, name="obligation_move"),
    path("office/targets/", office.targets, name="targets"),
    path("office/targets/adopt/", office.adopt, name="adopt"),
    path("office/targets/<str:id>/bind/", office.bind, name="bind"),
]
