"""Operations that moto lacks: small fakes behind moto's own parsers and serializers, a file per service."""
