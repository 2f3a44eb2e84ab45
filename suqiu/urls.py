"""Every address of the site."""

from django.urls import include, path

urlpatterns = [
    path("", include("suqiu.portal.urls")),
    path("", include("suqiu.desk.urls")),
]
