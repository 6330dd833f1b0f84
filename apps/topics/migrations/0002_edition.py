"""The edition of the taxonomy that comes with the code. A later one wants such a migration again."""

from django.db import migrations

from apps.topics.services import bring_in_line
from apps.topics.taxonomy import read


def load(apps, schema_editor):
    models = (apps.get_model("topics", "Topic"), apps.get_model("topics", "Taxonomy"))
    bring_in_line(*models, read())


class Migration(migrations.Migration):
    dependencies = [("topics", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
