from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "suqiu.portal"
