"""Tables made together stand as if made one by one, may refer to each other, and go again."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState, StateApps

from zhiheng.ledger.together import Together

pytestmark = pytest.mark.django_db(transaction=True)  # SQLite edits its schema outside a transaction only


def table(name, **fields):
    key = ("id", models.BigAutoField(primary_key=True, serialize=False))
    return CreateModel(name=name, fields=[key, *fields.items()])


HEN = table("Hen", egg=models.ForeignKey("together.egg", models.PROTECT, null=True))
EGG = table("Egg", hen=models.ForeignKey("together.hen", models.PROTECT, null=True))


@pytest.fixture
def step():
    """The two states around the step, as a migration hands them to it."""
    before, after = ProjectState(), ProjectState()
    assert after.apps  # rendered, as after an earlier step of the same run
    together = Together([HEN, EGG])
    together.state_forwards("together", after)
    return together, before, after


def standing():
    return {name for name in connection.introspection.table_names() if name.startswith("together_")}


def test_tables_that_refer_to_each_other_are_made_and_dropped(step):
    together, before, after = step

    with connection.schema_editor() as editor:
        together.database_forwards("together", editor, before, after)
    hen, egg = (after.apps.get_model("together", name) for name in ("hen", "egg"))
    first = hen.objects.create(egg=egg.objects.create())
    made, keys = standing(), connection.introspection.get_relations(connection.cursor(), "together_hen")
    hen.objects.all().delete()
    with connection.schema_editor() as editor:
        together.database_backwards("together", editor, after, before)

    assert made == {"together_hen", "together_egg"}
    assert first.egg_id is not None
    assert keys["egg_id"][:2] == ("id", "together_egg")
    assert standing() == set()


def test_the_models_are_rendered_once(step, monkeypatch):
    _, _, after = step
    rendered = []
    one_by_one = StateApps.render_multiple
    monkeypatch.setattr(
        StateApps, "render_multiple", lambda self, some: (rendered.append(len(some)), one_by_one(self, some))
    )

    after.clone()
    assert {model.__name__ for model in after.apps.get_models()} == {"Hen", "Egg"}

    assert rendered == [2]


def test_each_app_makes_its_tables_in_one_step():
    steps = MigrationLoader(None).disk_migrations
    own = {key: step for key, step in steps.items() if type(step).__module__.startswith("zhiheng.")}

    assert len(own) > 8
    assert not [
        (key, one.name)
        for key, step in own.items()
        for one in step.operations
        if isinstance(one, CreateModel)
    ]
