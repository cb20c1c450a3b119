"""Who and what exists and existed: subjects, products, inspectors, laboratories, registers, frozen frames."""

from .belongings import ROLE_KINDS, SITE_KINDS, Batch, Brand, Site, SubjectRole
from .catalogue import CATALOGUE_STATES, VERTICALS, CatalogueIssue, CatalogueItem
from .duplicates import DECISIONS, DuplicatePair
from .frames import Frame, FrameKey
from .history import LINK_KINDS, SubjectLink, SubjectVersion
from .inspectors import Certificate, Inspector, Leave
from .labs import Lab, LabScope, LabVersion
from .registers import LICENCE_KINDS, LICENCE_STATES, QUALIFICATION_KINDS, Licence, Qualification
from .subjects import CHANNELS, CLASSES, SIZES, STANDINGS, Product, Standing, Subject

__all__ = [
    "CATALOGUE_STATES",
    "CHANNELS",
    "CLASSES",
    "DECISIONS",
    "LICENCE_KINDS",
    "LICENCE_STATES",
    "LINK_KINDS",
    "QUALIFICATION_KINDS",
    "ROLE_KINDS",
    "SITE_KINDS",
    "SIZES",
    "STANDINGS",
    "VERTICALS",
    "Batch",
    "Brand",
    "CatalogueIssue",
    "CatalogueItem",
    "Certificate",
    "DuplicatePair",
    "Frame",
    "FrameKey",
    "Inspector",
    "Lab",
    "LabScope",
    "LabVersion",
    "Leave",
    "Licence",
    "Product",
    "Qualification",
    "Site",
    "Standing",
    "Subject",
    "SubjectLink",
    "SubjectRole",
    "SubjectVersion",
]
