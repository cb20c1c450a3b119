"""Addresses of the shell."""

from __future__ import annotations

from django.urls import path

from zhiheng.web import accounts, log, tokens, verifiers, workbench
from zhiheng.web.administration.urls import urlpatterns as administration
from zhiheng.web.imports import pages as imports

app_name = "web"
urlpatterns = [
    path("sign-in/", accounts.sign_in, name="sign_in"),
    path("sign-out/", accounts.sign_out, name="sign_out"),
    path("language/", accounts.language, name="language"),
    path("demo/", accounts.demo, name="demo"),
    path("office/", workbench.workbench, name="workbench"),
    path("office/account/", accounts.account, name="account"),
    path("office/account/keys/", tokens.listing, name="tokens"),
    path("office/account/keys/<uuid:pk>/revoke/", tokens.revoke, name="token_revoke"),
    path("office/imports/<slug:spec>/", imports.start, name="import"),
    path("office/imports/<slug:spec>/template.xlsx", imports.template, name="import_template"),
    path("office/uploads/<uuid:pk>/", imports.upload, name="upload"),
    path("office/uploads/<uuid:pk>/faults/", imports.faults, name="upload_faults"),
    path("office/uploads/<uuid:pk>/marked.xlsx", imports.marked_sheet, name="upload_marked"),
    path("witness/add-checkpoint", log.witness_add, name="witness_add"),
    path("witness/<slug:log>/checkpoint", log.witness_seen, name="witness_seen"),
    path("verifier/verify.html", verifiers.page, name="verifier_page"),
    path("verifier/verify.py", verifiers.program, name="verifier_program"),
    path("verifier/verify_numbers.py", verifiers.numbers, name="verifier_numbers"),
    path("log/", log.overview, name="log"),
    path("log/<path:name>", log.file, name="log_file"),
    *administration,
]
