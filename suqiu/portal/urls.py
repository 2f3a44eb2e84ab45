"""The addresses a citizen meets: short enough to be read aloud."""

from django.urls import path

from . import case_views, rate_views, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("submit/", views.submit, name="submit"),
    path("submitted/", views.submitted, name="submitted"),
    path("track/", views.track, name="track"),
    path("case/<str:number>/", case_views.case, name="case"),
    path("case/<str:number>/do/<str:name>/", case_views.step, name="step"),
    path("a/<int:pk>/", case_views.file, name="file"),
    path("rate/<str:token>/", rate_views.rate, name="rate"),
    path("receipt/<str:number>/", views.receipt, name="receipt"),
    path("verify/", views.verify, name="verify"),
]
