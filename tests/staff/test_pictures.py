"""Staff see pictures."""

import pytest

from apps.media import store
from apps.media.imaging.sizes import Format, Size
from apps.media.models import Picture
from tests.factories.media import PictureFactory
from tests.factories.users import UserFactory


@pytest.mark.parametrize("pictures", [1, 30])
def test_the_list_shows_pictures(staff, pictures):
    for _ in range(pictures):
        PictureFactory()
    page = staff().get("/admin/media/picture/")
    assert page.status_code == 200
    shown = [store.url(key, 1000, Size.CROP_150X150, Format.WEBP) for key in _keys()]
    assert all(address in page.content.decode() for address in shown)


def _keys():
    return Picture.objects.values_list("key", flat=True)


def test_staff_look_at_a_picture(staff):
    staff = staff()
    ada = UserFactory(username="ada")
    broken = PictureFactory(owner=ada, state="BROKEN", reason="TOO_MANY_PIXELS")
    page = staff.get(f"/admin/media/picture/{broken.pk}/change/").content.decode()
    assert "ada" in page
    assert "TOO_MANY_PIXELS" in page
    assert "/media/pictures/" not in page
    assert staff.get("/admin/media/picture/add/").status_code == 403
    filtered = staff.get("/admin/media/picture/?state__exact=READY").content.decode()
    assert str(broken.pk) not in filtered
    found = staff.get(f"/admin/media/picture/?q={broken.pk}").content.decode()
    assert str(broken.pk) in found
