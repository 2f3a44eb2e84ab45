"""The addresses of filing for somebody."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.file_for, name="file_for"),
    path("done/", views.filed, name="filed"),
]
