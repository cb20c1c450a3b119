"""Addresses of the draw stage."""

from django.urls import path

from . import pages

app_name = "draw"
urlpatterns = [
    path("draws/", pages.public_draws, name="public_draws"),
    path("draws/<slug:serial>/", pages.public_draw, name="public_draw"),
    path("draws/<slug:serial>/certificate.json", pages.certificate, name="certificate"),
    path("draws/<slug:serial>/frame.tsv", pages.frame_file, name="frame_file"),
    path("office/draws/", pages.office_draws, name="draws"),
    path("office/draws/commit/", pages.commit, name="commit"),
    path("office/draws/<slug:serial>/", pages.office_draw, name="draw"),
    path("office/draws/<slug:serial>/reveal/", pages.reveal, name="reveal"),
    path("office/draws/<slug:serial>/abort/", pages.abort, name="abort"),
]
