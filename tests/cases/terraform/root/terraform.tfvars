# Written by Groundplan, which overwrites what is changed here.
# Sample production: the values of this environment.

region      = "ap-south-1"
environment = "production"

# alert_email is given in a file of your own, *.auto.tfvars, or as TF_VAR_alert_email: Who hears of alarms
