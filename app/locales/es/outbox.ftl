outbox-title = Bandeja de salida
outbox-heading = Bandeja de salida de desarrollo
outbox-warning = No hay ningún servidor de correo configurado, así que los mensajes terminan aquí. Solo este equipo puede abrir esta página.
outbox-empty = Todavía no hay mensajes
outbox-empty-hint = Cree una cuenta o pida un correo de verificación, y aparecerá aquí.
outbox-to = Para { $address }
outbox-code = Código
