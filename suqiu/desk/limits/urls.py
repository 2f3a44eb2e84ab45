"""The addresses of limits on callers."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.limit_list, name="limits"),
    path("propose/<str:number>/", views.propose, name="limit_propose"),
    path("<int:pk>/", views.one, name="limit"),
]
