"""Who may do what on the staff pages, and how these are laid out."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy


def _see(*models: str) -> list[str]:
    return ["{}.view_{}".format(*model.split(".")) for model in models]


_CONTENT = _see("users.user", "boards.board", "boards.section", "pins.pin", "media.picture") + _see(
    *("topics.topic", "follows.personfollow", "follows.boardfollow", "follows.topicfollow"),
    *("users.block", "users.mute", "feed.hiddenpin", "feed.seenfewer"),
)
_LOG = _see("audit.auditentry")

# Kept in line after every migration (`pinboard.staff.groups`). Superusers may do all of it, and say
# who is staff.
STAFF_GROUPS = {
    "moderator": [
        *_CONTENT,
        *_LOG,
        "users.suspend_user",
        "boards.change_board",
        "boards.delete_board",
        "boards.change_section",
        "pins.change_pin",
        "pins.hide_pin",
        "pins.delete_pin",
        "feed.inspect_feed",
        "topics.change_topic",
    ],
    "support": [
        *_CONTENT,
        *_LOG,
        *_see("users.dataexport"),
        "users.change_user",
        "follows.delete_personfollow",
        "follows.delete_boardfollow",
        "follows.delete_topicfollow",
        "feed.inspect_feed",
        "feed.delete_hiddenpin",
        "feed.delete_seenfewer",
    ],
    "engineer": [
        *_CONTENT,
        *_LOG,
        *_see("users.dataexport", "events.event", "events.delivery", "feed.largeauthor"),
        "events.replay_delivery",
        "feed.inspect_feed",
    ],
}


def _item(title: str, icon: str, model: str, query: str = "") -> dict[str, Any]:
    app, name = model.split(".")

    def may_see(request: HttpRequest) -> bool:
        return request.user.has_perm(f"{app}.view_{name}")

    def link(request: HttpRequest) -> str:
        return f"{reverse_lazy(f'admin:{app}_{name}_changelist')}{query}"

    return {"title": title, "icon": icon, "link": link, "permission": may_see}


def _page(title: str, icon: str, name: str, permission: str) -> dict[str, Any]:
    def may_see(request: HttpRequest) -> bool:
        return request.user.has_perm(permission)

    return {"title": title, "icon": icon, "link": reverse_lazy(name), "permission": may_see}


UNFOLD = {
    "SITE_TITLE": "Pinboard staff",
    "SITE_HEADER": "Pinboard",
    "SITE_SUBHEADER": "Staff pages",
    "SITE_SYMBOL": "push_pin",
    "SITE_URL": None,
    "SHOW_HISTORY": False,  # the audit log has it
    "LOGIN": {"form": "apps.users.staff_login.StaffLoginForm"},
    "SIDEBAR": {
        "navigation": [
            {
                "title": "Community",
                "items": [
                    _item("People", "group", "users.user"),
                    _item("Follows", "person_add", "follows.personfollow"),
                    _item("Board follows", "playlist_add", "follows.boardfollow"),
                    _item("Blocks", "block", "users.block"),
                    _item("Mutes", "volume_off", "users.mute"),
                    _item("Topic follows", "bookmark_add", "follows.topicfollow"),
                    _item("Hidden pins", "visibility_off", "feed.hiddenpin"),
                    _item("Seen fewer", "thumb_down", "feed.seenfewer"),
                    _page("Feed inspector", "manage_search", "feed-inspector", "feed.inspect_feed"),
                    _item("Data exports", "folder_zip", "users.dataexport"),
                ],
            },
            {
                "title": "Content",
                "separator": True,
                "items": [
                    _item("Pins", "push_pin", "pins.pin"),
                    _item("Boards", "dashboard", "boards.board"),
                    _item("Sections", "view_agenda", "boards.section"),
                    _item("Pictures", "image", "media.picture"),
                    _item("Topics", "topic", "topics.topic"),
                ],
            },
            {
                "title": "Operations",
                "separator": True,
                "items": [
                    _item("Dead letters", "mark_email_unread", "events.delivery", "?state=dead"),
                    _item("Deliveries", "outbox", "events.delivery"),
                    _item("Events", "bolt", "events.event"),
                    _item("Large authors", "campaign", "feed.largeauthor"),
                    _item("Audit log", "gavel", "audit.auditentry"),
                ],
            },
        ]
    },
}
