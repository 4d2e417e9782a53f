notice-verification-sent = Le hemos enviado un correo con un enlace. Es válido por poco tiempo.
notice-email-verified = Su dirección de correo está verificada.
notice-welcome = Su cuenta está lista. Le hemos enviado un correo para verificar su dirección.
notice-set-up-done = Ya existe la primera cuenta de administración, y es la suya. Cree ahora su primer agente.
notice-profile-saved = Su perfil está guardado.
notice-password-changed = Su contraseña ha cambiado. Se cerraron las demás sesiones.
notice-password-set = Su contraseña está establecida.
notice-account-deleted = Su cuenta está eliminada.
notice-session-ended = Esa sesión está cerrada.
notice-other-sessions-ended = Todas las demás sesiones están cerradas.
notice-signed-out = Ha cerrado la sesión.
error-invalid-request = No se pudo leer el formulario. Inténtelo de nuevo.
error-validation-failed = Revise el campo marcado.
error-not-supported = Eso todavía no se admite aquí.
error-unauthenticated = Inicie sesión para continuar.
error-invalid-credentials = La dirección de correo, el nombre de usuario o la contraseña no son correctos.
error-mfa-required = Termine primero de iniciar sesión con el segundo paso.
error-code-invalid = Ese código no es correcto o ha caducado.
error-method-disabled = Esta forma de iniciar sesión está desactivada aquí.
error-forbidden = Su cuenta no puede hacer eso.
error-reauthentication-required = Confirme su contraseña para continuar.
error-origin-mismatch = La solicitud vino de otro sitio, así que no se hizo nada.
error-not-found = Aquí no hay nada, o nada que usted pueda ver.
error-method-not-allowed = Eso no es posible aquí.
error-conflict = Eso no es posible en el estado actual. Recargue la página y vuelva a mirar.
error-idempotency-conflict = Esto ya se envió antes con otro contenido.
error-link-invalid = Este enlace ya se usó o ha caducado. Pida uno nuevo.
error-payload-too-large = Es más de lo que podemos recibir de una vez. Acórtelo.
error-unsupported-media-type = El formulario llegó en un formato que no leemos.
error-password-too-short = La contraseña es demasiado corta.
error-password-too-long = La contraseña es demasiado larga. Use como máximo 1024 caracteres.
error-password-breached = Esta contraseña se conoce por una filtración de datos. Elija otra.
error-password-contextual = La contraseña no puede contener su nombre, su dirección ni el nombre de este servicio.
error-rate-limited = Demasiados intentos. Espere un momento.
error-slow-down = Se pidió de nuevo demasiado pronto. Espere unos segundos.
error-internal = Algo falló por nuestra parte. Inténtelo de nuevo.
error-unavailable = El servicio no respondió a tiempo. Compruebe si se hizo antes de intentarlo de nuevo.
error-unknown = No funcionó. Inténtelo de nuevo.
wrong-password = Esa no es su contraseña.
retry-after-seconds =
    { $seconds ->
        [one] Demasiados intentos. Inténtelo de nuevo en { $seconds } segundo.
       *[other] Demasiados intentos. Inténtelo de nuevo en { $seconds } segundos.
    }
retry-after-minutes =
    { $minutes ->
        [one] Demasiados intentos. Inténtelo de nuevo en { $minutes } minuto.
       *[other] Demasiados intentos. Inténtelo de nuevo en { $minutes } minutos.
    }
field-identifier = Escriba la dirección de correo o el nombre de usuario de su cuenta.
field-email = Escriba una dirección de correo, como nombre@example.com.
field-name = Escriba un nombre de 1 a 100 caracteres.
field-password = Escriba una contraseña.
field-account = Escríbalo exactamente como aparece debajo del campo.
field-other = Este valor no es válido.
