"""The addresses of what is printed."""

from django.urls import path

from . import views

urlpatterns = [
    path("<slug:paper>/", views.paper, name="paper"),
]
