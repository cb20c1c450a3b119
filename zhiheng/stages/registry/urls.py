"""Addresses of the registry stage."""

from __future__ import annotations

from django.urls import path

from .pages import frames, lists, subjects

app_name = "registry"
urlpatterns = [
    path("office/subjects/", subjects.subjects, name="subjects"),
    path("office/subjects/new/", subjects.subject_new, name="subject_new"),
    path("office/subjects/<str:code>/", subjects.subject, name="subject"),
    path("office/subjects/<str:code>/edit/", subjects.subject_edit, name="subject_edit"),
    path("office/products/", lists.products, name="products"),
    path("office/inspectors/", lists.inspectors, name="inspectors"),
    path("office/inspectors/<path:code>/", lists.inspector, name="inspector"),
    path("office/frames/", frames.frames, name="frames"),
    path("office/frames/new/", frames.frame_new, name="frame_new"),
    path("office/frames/<uuid:pk>/", frames.frame, name="frame"),
    path("office/frames/<uuid:pk>/frame.tsv", frames.frame_file, name="frame_file"),
]
