"""What the register writes once, guarded in the database too: versions, papers, scopes, frames, issues."""

from __future__ import annotations

from zhiheng.ledger.insert_only import Guards

GUARDS = Guards(
    "registry",
    (
        "registry_catalogueissue",
        "registry_certificate",
        "registry_frame",
        "registry_labscope",
        "registry_labversion",
        "registry_licence",
        "registry_qualification",
        "registry_standing",
        "registry_subjectlink",
        "registry_subjectversion",
    ),
    {
        "registry_certificate": ("end_reason",),
        "registry_labscope": ("end_reason",),
        "registry_labversion": ("reason",),
        "registry_licence": ("reason",),
        "registry_qualification": ("end_reason", "person"),
        "registry_standing": ("reason",),
        "registry_subjectlink": ("reason",),
    },
)
