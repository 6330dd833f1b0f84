"""What tests of pictures share."""

import pytest


@pytest.fixture
def empty_storage(settings, tmp_path):
    """Storage with no file of another test's."""
    settings.MEDIA_ROOT = tmp_path
    settings.MEDIA_URL = "/media/"
