"""Registers the audit log with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "pinboard.audit"
    label = "audit"
    verbose_name = "Audit log"
