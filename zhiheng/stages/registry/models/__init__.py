"""Who and what exists: subjects, products, inspectors, laboratories, dated registers, frozen frames."""

from .catalogue import CATALOGUE_STATES, VERTICALS, CatalogueIssue, CatalogueItem
from .frames import Frame
from .inspectors import Certificate, Inspector, Leave
from .labs import Lab, LabScope
from .registers import LICENCE_KINDS, LICENCE_STATES, QUALIFICATION_KINDS, Licence, Qualification
from .subjects import CHANNELS, CLASSES, SIZES, STANDINGS, Product, Standing, Subject

__all__ = [
    "CATALOGUE_STATES",
    "CHANNELS",
    "CLASSES",
    "LICENCE_KINDS",
    "LICENCE_STATES",
    "QUALIFICATION_KINDS",
    "SIZES",
    "STANDINGS",
    "VERTICALS",
    "CatalogueIssue",
    "CatalogueItem",
    "Certificate",
    "Frame",
    "Inspector",
    "Lab",
    "LabScope",
    "Leave",
    "Licence",
    "Product",
    "Qualification",
    "Standing",
    "Subject",
]
