"""Addresses of the registry stage."""

from __future__ import annotations

from django.urls import path

from .pages import (
    catalogue,
    catalogue_public,
    entry,
    frames,
    inspectors,
    labs,
    licences,
    lists,
    qualifications,
    subjects,
)

app_name = "registry"
urlpatterns = [
    path("office/subjects/", subjects.subjects, name="subjects"),
    path("office/subjects/new/", subjects.subject_new, name="subject_new"),
    path("office/subjects/<str:code>/", subjects.subject, name="subject"),
    path("office/subjects/<str:code>/edit/", subjects.subject_edit, name="subject_edit"),
    path("office/subjects/<str:code>/licences/new/", licences.licence_new, name="licence_new"),
    path(
        "office/subjects/<str:code>/qualifications/new/",
        qualifications.qualification_new,
        name="qualification_new",
    ),
    path("office/products/", lists.products, name="products"),
    path("office/products/<uuid:pk>/market-entry/", entry.product_entry, name="product_entry"),
    path("office/inspectors/", lists.inspectors, name="inspectors"),
    path("office/inspectors/leave/<uuid:pk>/cancel/", inspectors.leave_cancel, name="leave_cancel"),
    path("office/inspectors/<path:code>/leave/new/", inspectors.leave_new, name="leave_new"),
    path(
        "office/inspectors/<path:code>/certificates/new/", inspectors.certificate_new, name="certificate_new"
    ),
    path(
        "office/inspectors/<path:code>/qualifications/new/",
        inspectors.qualification,
        name="inspector_qualification",
    ),
    path("office/inspectors/<path:code>/conflicts/", inspectors.conflicts, name="conflicts"),
    path("office/inspectors/<path:code>/strike-off/", inspectors.strike_off, name="strike_off"),
    path("office/inspectors/<path:code>/on-duty/", inspectors.on_duty, name="on_duty"),
    path("office/inspectors/<path:code>/", inspectors.inspector, name="inspector"),
    path("office/licences/", licences.licences, name="licences"),
    path("office/licences/<uuid:pk>/", licences.licence, name="licence"),
    path("office/licences/<uuid:pk>/edit/", licences.licence_edit, name="licence_edit"),
    path("office/licences/<uuid:pk>/state/", licences.licence_state, name="licence_state"),
    path("office/qualifications/", qualifications.qualifications, name="qualifications"),
    path("office/qualifications/counts/", qualifications.counts, name="qualification_counts"),
    path("office/qualifications/<uuid:pk>/end/", qualifications.qualification_end, name="qualification_end"),
    path("office/labs/", labs.labs, name="labs"),
    path("office/labs/new/", labs.lab_new, name="lab_new"),
    path("office/labs/search/", labs.lab_search, name="lab_search"),
    path("office/labs/scope/<uuid:pk>/end/", labs.scope_end, name="scope_end"),
    path("office/labs/<path:code>/", labs.lab, name="lab"),
    path("office/catalogue/", catalogue.catalogue, name="catalogue"),
    path("office/catalogue/new/", catalogue.item_new, name="catalogue_new"),
    path("office/catalogue/issue/", catalogue.issue, name="catalogue_issue"),
    path("office/catalogue/copy/", catalogue.copy_year, name="catalogue_copy"),
    path("office/catalogue/building-materials/", catalogue.building_materials, name="catalogue_materials"),
    path("office/catalogue/<uuid:pk>/", catalogue.item, name="catalogue_item"),
    path("office/catalogue/<uuid:pk>/edit/", catalogue.item_edit, name="catalogue_edit"),
    path("office/catalogue/<uuid:pk>/drop/", catalogue.item_drop, name="catalogue_drop"),
    path("office/frames/", frames.frames, name="frames"),
    path("office/frames/new/", frames.frame_new, name="frame_new"),
    path("office/frames/<uuid:pk>/", frames.frame, name="frame"),
    path("office/frames/<uuid:pk>/frame.tsv", frames.frame_file, name="frame_file"),
    path("catalogue/", catalogue_public.catalogues_page, name="catalogues"),
    path("catalogue/<str:region>/<int:year>/", catalogue_public.public_catalogue, name="public_catalogue"),
    path(
        "catalogue/<str:region>/<int:year>/issue-<int:number>.json",
        catalogue_public.catalogue_file,
        name="catalogue_file",
    ),
    path("market-entry/", entry.routes, name="routes"),
]
