"""The floors, where import-linter cannot see: foreign keys by name, migrations, and its own lists."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]


def contract(beginning):
    return next(one for one in CONTRACTS if one["name"].startswith(beginning))


def _floors():
    """The number of each app's floor, the lowest first; neighbours share one."""
    layers = contract("Apps import downward")["layers"]
    return {
        app: number
        for number, layer in enumerate(reversed(layers))
        for app in re.findall(r"\w+", layer)
    }


FLOORS = _floors()
OURS = [config for config in apps.get_app_configs() if config.name.startswith("apps.")]
# It makes a world to look at: no rooms, and no tables.
TOOLS = {"demo"}


def may_see(app, other):
    """Whether models of `app` may refer to those of `other`; Django's own and the kernel's are below."""
    return other not in FLOORS or app == other or FLOORS[other] < FLOORS[app]


def test_every_app_has_a_floor_and_rooms():
    folders = {path.parent.name for path in ROOT.glob("apps/*/__init__.py")}
    optional = {app for app in TOOLS if app not in folders}
    assert folders | optional == set(FLOORS)
    rooms = {name.removeprefix("apps.") for name in contract("Rooms import")["containers"]}
    assert rooms == folders - TOOLS


def test_every_app_with_tables_keeps_them_to_itself():
    private = {one["protected_modules"][0] for one in CONTRACTS if one["type"] == "protected"}
    assert private == {f"{config.name}.models" for config in OURS if list(config.get_models())}


@pytest.mark.parametrize("config", OURS, ids=lambda config: config.label)
def test_foreign_keys_point_downward(config):
    upward = [
        f"{model.__name__}.{field.name} -> {field.related_model._meta.label}"
        for model in config.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
        if not may_see(config.label, field.related_model._meta.app_label)
    ]
    assert upward == []


def test_the_kernel_points_to_no_app():
    kernel = [config for config in apps.get_app_configs() if config.name.startswith("pinboard.")]
    targets = {
        field.related_model._meta.app_label
        for config in kernel
        for model in config.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete
    }
    assert targets <= {config.label for config in kernel}


def test_migrations_depend_downward():
    upward = []
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app not in FLOORS:
            continue
        for label, *_ in migration.dependencies:
            other = settings.AUTH_USER_MODEL.split(".")[0] if label == "__setting__" else label
            if not may_see(app, other):
                upward.append(f"{app}.{name} -> {other}")
        assert migration.run_before == []
    assert upward == []


def test_django_finds_nothing_wrong():
    call_command("check", fail_level="WARNING")
