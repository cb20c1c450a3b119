"""Addresses of the gallery beside those of the site."""

from django.urls import path

from tests.web import gallery
from zhiheng.site.urls import urlpatterns as of_the_site

handler400 = "zhiheng.web.problems.bad_request"
handler403 = "zhiheng.web.problems.not_allowed"
handler404 = "zhiheng.web.problems.not_found"
handler500 = "zhiheng.web.problems.server_error"

urlpatterns = [
    *of_the_site,
    path("gallery/list/", gallery.list_page, name="gallery-list"),
    path("gallery/light/", gallery.light_page),
    path("gallery/form/", gallery.form_page),
    path("gallery/review/", gallery.review_page),
    path("gallery/record/", gallery.record_page),
    path("gallery/figure/", gallery.figure_page),
    path("gallery/groups/", gallery.group_page),
    path("gallery/notice/", gallery.notice_page),
    path("gallery/refusal/<str:kind>/", gallery.refusal),
]
