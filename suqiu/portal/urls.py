"""The addresses a citizen meets: short enough to be read aloud."""

from django.urls import path

from . import case_views, data_views, limit_views, number_views, rate_views, site_views, still_views, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("submit/", views.submit, name="submit"),
    path("submitted/", views.submitted, name="submitted"),
    path("track/", views.track, name="track"),
    path("code/", number_views.lost_code, name="lost_code"),
    path("code/sms/", number_views.found_code, name="found_code"),
    path("case/<str:number>/", case_views.case, name="case"),
    path("case/<str:number>/number/", number_views.number, name="number"),
    path("case/<str:number>/data/", data_views.data, name="data"),
    path("case/<str:number>/limit/", limit_views.limit, name="limit"),
    path("case/<str:number>/answered/", case_views.rate_answer, name="rate_answer"),
    path("case/<str:number>/do/<str:name>/", case_views.step, name="step"),
    path("a/<int:pk>/", case_views.file, name="file"),
    path("rate/<str:token>/", rate_views.rate, name="rate"),
    path("still/<str:token>/", still_views.still, name="still"),
    path("receipt/<str:number>/", views.receipt, name="receipt"),
    path("verify/", views.verify, name="verify"),
    path("leave/", site_views.leave, name="leave"),
    path("privacy/", site_views.privacy, name="privacy"),
    path("manifest.webmanifest", site_views.manifest, name="manifest"),
]
