"""The addresses a citizen meets: short enough to be read aloud."""

from django.urls import path

from . import case_views, number_views, rate_views, site_views, views
from .nothing_lost import steady

app_name = "portal"

urlpatterns = [
    path("", steady(views.home), name="home"),
    path("submit/", steady(views.submit), name="submit"),
    path("submitted/", steady(views.submitted), name="submitted"),
    path("track/", steady(views.track), name="track"),
    path("code/", steady(number_views.lost_code), name="lost_code"),
    path("code/sms/", steady(number_views.found_code), name="found_code"),
    path("case/<str:number>/", steady(case_views.case), name="case"),
    path("case/<str:number>/number/", steady(number_views.number), name="number"),
    path("case/<str:number>/answered/", steady(case_views.rate_answer), name="rate_answer"),
    path("case/<str:number>/do/<str:name>/", steady(case_views.step), name="step"),
    path("a/<int:pk>/", steady(case_views.file), name="file"),
    path("rate/<str:token>/", steady(rate_views.rate), name="rate"),
    path("receipt/<str:number>/", steady(views.receipt), name="receipt"),
    path("verify/", steady(views.verify), name="verify"),
    path("leave/", steady(site_views.leave), name="leave"),
    path("privacy/", site_views.privacy, name="privacy"),
    path("manifest.webmanifest", site_views.manifest, name="manifest"),
]
