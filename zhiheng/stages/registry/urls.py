"""Addresses of the registry stage."""

from __future__ import annotations

from django.urls import path

from .pages import belongings, frames, history, identity, lists, subjects

app_name = "registry"
urlpatterns = [
    path("office/subjects/", subjects.subjects, name="subjects"),
    path("office/subjects/new/", subjects.subject_new, name="subject_new"),
    path("office/subjects/<str:code>/", subjects.subject, name="subject"),
    path("office/subjects/<str:code>/edit/", subjects.subject_edit, name="subject_edit"),
    path("office/subjects/<str:code>/as-of/", history.subject_as_of, name="subject_as_of"),
    path("office/subjects/<str:code>/timeline/", history.subject_timeline, name="subject_timeline"),
    path("office/subjects/<str:code>/merge/", identity.merge, name="subject_merge"),
    path("office/subjects/<str:code>/merge/undo/", identity.undo_merge, name="subject_undo_merge"),
    path("office/subjects/<str:code>/split/", identity.split, name="subject_split"),
    path("office/subjects/<str:code>/<slug:kind>/new/", belongings.add, name="belonging_new"),
    path("office/subjects/<str:code>/<slug:kind>/<uuid:pk>/end/", belongings.end, name="belonging_end"),
    path("office/duplicates/", identity.duplicates, name="duplicates"),
    path("office/duplicates/search/", identity.duplicates_search, name="duplicates_search"),
    path("office/duplicates/<uuid:pk>/", identity.duplicate, name="duplicate"),
    path("office/sites/", belongings.sites, name="sites"),
    path("office/brands/", belongings.brands, name="brands"),
    path("office/batches/", belongings.batches, name="batches"),
    path("office/products/", lists.products, name="products"),
    path("office/products/<uuid:pk>/", belongings.product, name="product"),
    path("office/products/<uuid:pk>/batches/new/", belongings.batch_new, name="batch_new"),
    path("office/inspectors/", lists.inspectors, name="inspectors"),
    path("office/inspectors/<path:code>/", lists.inspector, name="inspector"),
    path("office/frames/", frames.frames, name="frames"),
    path("office/frames/new/", frames.frame_new, name="frame_new"),
    path("office/frames/<uuid:pk>/", frames.frame, name="frame"),
    path("office/frames/<uuid:pk>/frame.tsv", frames.frame_file, name="frame_file"),
]
