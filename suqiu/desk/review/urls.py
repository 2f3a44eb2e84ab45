"""The address of a reviewer's work."""

from django.urls import path

from . import views

urlpatterns = [path("<str:number>/", views.review, name="review")]
