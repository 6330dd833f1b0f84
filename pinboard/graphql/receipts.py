"""Safe retries: a mutation sent twice with one `clientMutationId` happens once.

The receipt is claimed in the mutation's own transaction. A second request with the same id waits on
the unique index until the first has committed, and then reads its answer.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models.functions import Now

from pinboard.errors import BadInput
from pinboard.graphql.models import MutationReceipt

KEPT_FOR = timedelta(days=1)
MAX_ID_LENGTH = 100


def once(
    viewer_id: int,
    client_mutation_id: str,
    mutation: str,
    input: Mapping[str, Any],
    perform: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """The answer of `perform`, or the first answer when this request is a retry.

    Runs in the caller's transaction. `BadInput` when the id was used for something else.
    """
    if not 0 < len(client_mutation_id) <= MAX_ID_LENGTH or "\x00" in client_mutation_id:
        raise BadInput(f"`clientMutationId` must have 1 to {MAX_ID_LENGTH} characters.")
    mine = MutationReceipt.objects.filter(
        viewer_id=viewer_id, client_mutation_id=client_mutation_id
    )
    mine.filter(created_at__lt=Now() - KEPT_FOR).delete()
    fingerprint = _fingerprint(input)
    MutationReceipt.objects.bulk_create(
        [
            MutationReceipt(
                viewer_id=viewer_id,
                client_mutation_id=client_mutation_id,
                mutation=mutation,
                fingerprint=fingerprint,
            )
        ],
        ignore_conflicts=True,
    )
    receipt = mine.select_for_update().get()
    if receipt.mutation != mutation or bytes(receipt.fingerprint) != fingerprint:
        raise BadInput(
            "This `clientMutationId` was used for another mutation, or with another input. "
            "Use a new one for each."
        )
    if receipt.answer is None:
        receipt.answer = perform()
        receipt.save(update_fields=["answer"])
    answer: dict[str, Any] = receipt.answer
    return answer


def prune() -> int:
    """Delete receipts that are older than a day; how many."""
    return MutationReceipt.objects.filter(created_at__lt=Now() - KEPT_FOR).delete()[0]


def _fingerprint(input: Mapping[str, Any]) -> bytes:
    text = json.dumps(input, sort_keys=True, default=_plain)
    return hashlib.blake2b(text.encode(), digest_size=32).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, UploadedFile):
        digest = hashlib.blake2b(digest_size=16)
        for chunk in value.chunks():
            digest.update(chunk)
        value.seek(0)
        return digest.hexdigest()
    return str(value)
