"""Addresses of the indicators stage."""

from __future__ import annotations

from django.urls import path, register_converter

from .pages import (
    board,
    checking,
    compare,
    data,
    defining,
    embed,
    files,
    index,
    index_office,
    number_files,
    numbers,
    office,
    public,
    regions,
    samples,
    sdmx,
)


class RegionConverter:
    """A code of six digits, or that of a group of regions in capital letters."""

    regex = "[0-9]{6}|[A-Z]{2,12}"

    def to_python(self, value: str) -> str:
        """Return the code as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code as it stands."""
        return value


register_converter(RegionConverter, "region")

app_name = "indicators"

_ONE = "figures/<slug:series_id>/<slug:region>/<slug:period>/"
urlpatterns = [
    path("", public.home, name="home"),
    path("figures/", public.series_list, name="series_list"),
    path("figures/releases/<uuid:pk>/dataset.csv", files.dataset, name="dataset"),
    path("figures/releases/<uuid:pk>/base.json", files.base, name="base"),
    path("figures/<slug:series_id>/", public.series, name="series"),
    path("figures/<slug:series_id>/figures.csv", files.figures_csv, name="figures_csv"),
    path("figures/<slug:series_id>/history/", numbers.history, name="history"),
    path("figures/<slug:series_id>/number/", numbers.number, name="number"),
    path("figures/<slug:series_id>/number/bundle.json", number_files.bundle, name="number_bundle"),
    path("figures/<slug:series_id>/embed/", embed.show, name="embed"),
    path(f"{_ONE}bundle.json", files.bundle, name="bundle"),
    path(f"{_ONE}<slug:division>/bundle.json", files.bundle, name="division_bundle"),
    path(_ONE, public.figure, name="figure"),
    path(f"{_ONE}<slug:division>/", public.figure, name="figure"),
    path("data/", data.catalogue, name="data"),
    path("data/catalogue.jsonld", data.linked, name="catalogue"),
    path("data/changes.atom", data.changes_atom, name="changes_atom"),
    path("data/changes.json", data.changes_json, name="changes_json"),
    path("data/<slug:series_id>/", data.series, name="data_series"),
    *(
        path(f"data/<slug:series_id>/<slug:vintage>.{form}", data.file, {"form": form}, name=f"data_{form}")
        for form in data.KINDS
    ),
    path("sdmx/data/<path:rest>", sdmx.data, name="sdmx_data"),
    path("sdmx/structure/<path:rest>", sdmx.structure, name="sdmx_structure"),
    path("sdmx/<path:rest>", sdmx.elsewhere, name="sdmx_elsewhere"),
    path("regions/", regions.all_regions, name="regions"),
    path("regions/<region:code>/", regions.region, name="region"),
    path("compare/", compare.compare, name="compare"),
    *(
        path(f"compare/table.{form}", compare.table, {"form": form}, name=f"compare_{form}")
        for form in ("csv", "xlsx")
    ),
    path("questionnaires/", samples.questionnaires_page, name="questionnaires"),
    path("questionnaires/<slug:form_id>/", samples.questionnaire, name="questionnaire"),
    path(
        "questionnaires/<slug:form_id>/sheet-<slug:language>.<slug:form>",
        samples.questionnaire_sheet,
        name="questionnaire_sheet",
    ),
    path("index/", index.show, name="index"),
    path("index/doubt/<slug:sha>.json", index.doubt_file, name="index_doubt"),
    path("verify/", checking.verify, name="verify"),
    path("office/releases/", office.releases, name="releases"),
    path("office/releases/new/", office.new_release, name="new_release"),
    path("office/releases/<uuid:pk>/", office.release, name="release"),
    path(
        "office/releases/<uuid:pk>/bulletin-<slug:language>.<slug:form>",
        office.bulletin_file,
        name="bulletin",
    ),
    path("office/samples/new/", samples.new_sample, name="new_sample"),
    path("office/samples/sites/", samples.new_sites, name="new_sites"),
    path("office/formulas/", defining.formulas_page, name="formulas"),
    path("office/formulas/new/", defining.new_formula, name="new_formula"),
    path("office/formulas/published/", defining.load_published, name="load_published"),
    path("office/formulas/<uuid:pk>/compute/", defining.compute, name="compute_formula"),
    path("office/numbers/new/", defining.new_number, name="new_number"),
    path("office/breaks/new/", defining.new_break, name="new_break"),
    path("office/index/", index_office.start, name="index_office"),
    path("office/index/preview/", index_office.preview, name="index_preview"),
    path("office/index/publish/", index_office.publish, name="index_publish"),
    path("office/index/classify/", index_office.classify, name="index_classify"),
    path("office/board/", board.show, name="board"),
    path("office/coverage/", office.coverage, name="coverage"),
]
