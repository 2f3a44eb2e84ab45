"""The addresses of the administrator's desk, of one's own password, and of a hand-over."""

from django.urls import path

from . import change_views, edit_views, people_views, table_views

urlpatterns = [
    path("administration/", table_views.home, name="administration"),
    path("administration/changes/", change_views.change_list, name="administration_changes"),
    path("administration/changes/<int:pk>/", change_views.change, name="administration_change"),
    path("administration/passwords/", people_views.first_passwords, name="first_passwords"),
    path("administration/passwords/<str:username>/", people_views.issue_password, name="issue_password"),
    path("administration/table/<slug:name>/", table_views.table, name="administration_table"),
    path("administration/table/<slug:name>/row/", edit_views.row, name="administration_row"),
    path("administration/table/<slug:name>/file/", table_views.file, name="administration_file"),
    path("administration/table/<slug:name>/upload/", edit_views.upload, name="administration_upload"),
    path("hand-over/", people_views.hand_over_list, name="cases_of_officers"),
    path("hand-over/<str:username>/", people_views.hand_over_form, name="give_cases"),
    path("password/", people_views.own_password, name="own_password"),
]
