resource "aws_efs_access_point" "shared" {
  file_system_id = aws_efs_file_system.shared.id

  tags = {
    Name = "shared"
  }

  posix_user {
    uid = 1000
    gid = 1000
  }

  root_directory {
    path = "/uploads"

    creation_info {
      owner_uid   = 1000
      owner_gid   = 1000
      permissions = "0750"
    }
  }
}
