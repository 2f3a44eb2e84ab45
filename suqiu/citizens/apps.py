from django.apps import AppConfig


class CitizensConfig(AppConfig):
    name = "suqiu.citizens"
