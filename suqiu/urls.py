"""Every address of the site."""

from django.urls import include, path

handler500 = "suqiu.errors.server_error"
urlpatterns = [
    path("", include("suqiu.portal.urls")),
    path("", include("suqiu.desk.urls")),
]
