"""List pages: declared columns and filters, the whole state in the address, a bounded number of statements.

A list over a million rows stays quick because nothing unbounded is asked: the count stops at 10 000, pages
go no deeper than 10 000 rows, a search is a prefix on declared fields, a sort stands on a declared column.
"""

from zhiheng.web.tables.columns import BatchAction, Cell, Choice, Column, Filter, State
from zhiheng.web.tables.listing import COUNT_LIMIT, DEPTH_LIMIT, Table, TablePage
from zhiheng.web.tables.own import OwnCell, OwnForm

__all__ = [
    "COUNT_LIMIT",
    "DEPTH_LIMIT",
    "BatchAction",
    "Cell",
    "Choice",
    "Column",
    "Filter",
    "OwnCell",
    "OwnForm",
    "State",
    "Table",
    "TablePage",
]
