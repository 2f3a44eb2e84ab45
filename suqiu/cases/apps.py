from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "suqiu.cases"

    def ready(self) -> None:
        from . import checks  # noqa: F401
