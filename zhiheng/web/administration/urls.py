"""Addresses of administration, within the shell's own name space."""

from __future__ import annotations

from django.urls import path

from zhiheng.web.administration import accounts, appointments, erasing, ledger, matrix, published

urlpatterns = [
    path("office/people/", accounts.listing, name="people"),
    path("office/people/matrix/", matrix.matrix, name="matrix"),
    path("office/people/new/", accounts.create, name="person_new"),
    path("office/people/<uuid:pk>/", accounts.record, name="person"),
    path("office/people/<uuid:pk>/close/", accounts.close, name="person_close"),
    path("office/people/<uuid:pk>/open/", accounts.reopen, name="person_open"),
    path("office/people/<uuid:pk>/erase/", accounts.erase, name="person_erase"),
    path("office/people/<uuid:pk>/password/", accounts.password, name="person_password"),
    path("office/people/<uuid:pk>/appoint/", appointments.appoint, name="appoint"),
    path(
        "office/people/<uuid:pk>/appointments/<uuid:appointment>/end/",
        appointments.end,
        name="appointment_end",
    ),
    path("office/ledger/", ledger.listing, name="ledger"),
    path("office/ledger/erase/", erasing.words, name="words_erase"),
    path("office/ledger/check/", ledger.check, name="ledger_check"),
    path("office/ledger/<int:seq>/", ledger.entry, name="ledger_entry"),
    path("ledger/<int:seq>/", published.entry, name="published_entry"),
    path("ledger/<int:seq>/entry.json", published.download, name="published_entry_json"),
    path("ledger/<int:seq>/receipt.json", published.receipt, name="receipt"),
    path("ledger/<int:seq>/receipt.tlog-proof", published.proof, name="receipt_proof"),
]
