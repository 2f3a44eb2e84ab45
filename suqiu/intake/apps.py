from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "suqiu.intake"
