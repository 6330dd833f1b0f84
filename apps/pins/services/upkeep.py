"""What workers do with pins after something happened below: to boards, people and pictures."""

from django.db import transaction
from django.db.models import Case, When

from apps.boards.selectors import hold_boards
from apps.pins.models import Pin
from apps.pins.services import holding
from apps.pins.services.holding import recounted, remove


@transaction.atomic
def delete_some_of_board(*, board_id: int) -> bool:
    """Delete up to a chunk of a board's pins; whether some are left."""
    of_board = Pin.objects.filter(board_id=board_id)
    remove(list(of_board.select_for_update(no_key=True).order_by("pk")[: holding.CHUNK]))
    return of_board.exists()


@transaction.atomic
def leave_section(*, section_id: int) -> None:
    """Take all pins out of a section, held in one order, as all who write pins hold them: Django, which
    would do it when the section goes, takes them as the index of sections has them."""
    of_section = Pin.objects.filter(section_id=section_id)
    held = list(
        of_section.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
    )
    Pin.objects.filter(pk__any=held).update(section=None)


@transaction.atomic
def list_some(*, by: str, subject_id: int) -> bool:
    """Bring `is_listed` of up to a chunk of pins in line with what everybody sees now.

    `by`: `board_id`, `owner_id` or `picture_id` of the pins. Returns whether to come back: some may
    be left. What was meant to be mended is looked at again once boards are held, so that nothing is
    decided on what has changed meanwhile.
    """
    wrong = Pin.objects.wrongly_listed().filter(**{by: subject_id})
    suspects = list(wrong.order_by("pk").values_list("pk", "board_id")[: holding.CHUNK])
    boards = {board_id for _, board_id in suspects}
    hold_boards(boards)
    again = wrong.filter(pk__in=[pk for pk, _ in suspects], board_id__in=boards)
    pins = list(again.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    with recounted(pins):
        for pin in pins:
            pin.is_listed = not pin.is_listed
        opposite = Case(When(is_listed=True, then=False), default=True)
        Pin.objects.filter(pk__in=[pin.pk for pin in pins]).update(is_listed=opposite)
    return len(suspects) == holding.CHUNK or len(pins) < len(suspects)
