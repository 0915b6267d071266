"""Project numbers in addresses."""

from django.urls import register_converter


class ProjectNumber:
    """XM2026-017."""

    regex = r"XM[0-9]{4}-[0-9]{3,5}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ProjectNumber, "xm")
