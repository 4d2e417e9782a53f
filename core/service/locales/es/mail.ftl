mail-time = { $unit ->
    [hour] { $count ->
        [one] una hora
        *[other] { $count } horas
    }
   *[minute] { $count ->
        [one] un minuto
        *[other] { $count } minutos
    }
}
mail-or-open = O abra esta dirección:
mail-or-type = O escriba este código donde empezó:
mail-code = Código
mail-verify-email-subject = Confirme su dirección de correo
mail-verify-email-before = Alguien, seguramente usted, indicó { $to } como su dirección de correo en { $product }. ¿Es suya?
mail-verify-email-action = Confirmar esta dirección
mail-verify-email-after =
    El enlace funciona una vez, durante { $time }.
    Si no fue usted, no haga nada: sin el enlace la dirección no se confirma.
mail-sign-up-existing-subject = Ya tiene una cuenta
mail-sign-up-existing-before =
    Alguien, seguramente usted, intentó registrarse en { $product } con { $to }.
    Ya existe una cuenta con esta dirección, así que no se cambió nada. Inicie sesión como antes.
mail-sign-up-existing-action = Iniciar sesión
mail-sign-up-existing-after = Si no fue usted, no hay nada que hacer: quien fuera no ha averiguado nada sobre su cuenta.
mail-password-changed-subject = Su contraseña ha cambiado
mail-password-changed-before =
    La contraseña de la cuenta { $to } de { $product } se cambió el { $at }.
    Se cerraron las demás sesiones de la cuenta.
mail-password-changed-action = Ver su cuenta
mail-password-changed-after = Si no fue usted, otra persona conoce su contraseña: avise de inmediato a la administración de este servicio y cámbiela donde más la use.
mail-password-set-subject = Se estableció una contraseña
mail-password-set-before =
    El { $at } se estableció una contraseña para la cuenta { $to } de { $product }. Hasta entonces no tenía ninguna.
    Se cerraron las demás sesiones de la cuenta.
mail-password-set-action = Ver su cuenta
mail-password-set-after = Si no fue usted, otra persona puede usar su cuenta: ábrala, cierre sesión en todas partes y avise de inmediato a la administración de este servicio.
mail-account-deleted-subject = Su cuenta se eliminó
mail-account-deleted-before =
    La cuenta { $to } de { $product } fue eliminada el { $at } por alguien que tenía la sesión iniciada en ella.
    Ya no se puede iniciar sesión de ninguna manera, sus agentes se detuvieron y lo que se sabía de usted se borró. Este es el último correo sobre ella.
mail-account-deleted-after = Si no fue usted, avise de inmediato a la administración de este servicio.
mail-reset-password-subject = Elija una contraseña nueva
mail-reset-password-before = Alguien, seguramente usted, pidió elegir una contraseña nueva para la cuenta { $to } de { $product }.
mail-reset-password-action = Elegir una contraseña nueva
mail-reset-password-after =
    El enlace funciona una vez, durante { $time }. Un correo más reciente lo sustituye.
    Si no fue usted, no haga nada: su contraseña sigue como está.
mail-enrolment-link-subject = Se creó un enlace para su cuenta
mail-enrolment-link-before =
    La administración creó el { $at } un enlace con el que se puede establecer una vez la contraseña de la cuenta { $to } de { $product }.
    Quien le ayuda se lo dará. No está en este correo.
mail-enrolment-link-action = Ver su cuenta
mail-enrolment-link-after = Si no pidió ayuda, avise de inmediato a la administración de este servicio.
mail-device-approved-subject = Se dio acceso a un dispositivo
mail-device-approved-before = Se dio acceso a { $client } a la cuenta { $to } de { $product } el { $at }.
mail-device-approved-action = Ver su cuenta
mail-device-approved-after = Si no lo empezó usted en un dispositivo suyo, alguien le ha engañado: avise de inmediato a la administración de este servicio.
mail-password-breached-subject = Elija otra contraseña
mail-password-breached-before =
    La contraseña de la cuenta { $to } de { $product } está en una lista de contraseñas robadas en otros sitios.
    Hasta donde sabemos, nadie entró con ella en su cuenta, pero los atacantes prueban primero esas contraseñas. Elija otra.
mail-password-breached-action = Cambiar la contraseña
mail-password-breached-after = Si usa la misma contraseña en otro sitio, cámbiela también allí.
mail-approval-required-subject = Un agente pide su aprobación
mail-approval-required-before = Un agente del que responde la cuenta { $to } de { $product } quiere hacer algo que antes debe aprobar una persona.
mail-approval-required-action = Ver lo que pide
mail-approval-required-after =
    Puede decidir durante { $time }; después la respuesta es no.
    Apruebe solo lo que espera. Sin su respuesta no se hace nada.
mail-new-admin-subject = Ahora forma parte de la administración
mail-new-admin-before = La cuenta { $to } de { $product } tiene ahora permisos de administración.
mail-new-admin-action = Abrir la consola
mail-new-admin-after = Si no lo esperaba, avise a quien opera este servicio.
mail-magic-link-subject = Su enlace para iniciar sesión
mail-magic-link-before = Alguien, seguramente usted, quiere iniciar sesión en { $product } con { $to }.
mail-magic-link-action = Iniciar sesión
mail-magic-link-after =
    El enlace y el código funcionan una vez, durante { $time }. No dé el código a nadie: nunca se lo pedimos.
    Si no fue usted, no haga nada: sin este correo nadie puede iniciar sesión.
mail-email-otp-subject = Su código para iniciar sesión
mail-email-otp-before =
    Alguien, seguramente usted, quiere iniciar sesión en { $product } con { $to }.
    Escriba este código donde empezó:
mail-email-otp-after =
    El código funciona una vez, durante { $time }. No lo dé a nadie: nunca se lo pedimos.
    Si no fue usted, no haga nada: sin el código nadie puede iniciar sesión.
mail-unproven-dropped-subject = Su dirección está confirmada y su cuenta es solo suya
mail-unproven-dropped-before =
    Inició sesión en { $product } con un correo a { $to }. Hasta entonces nadie había demostrado que esta dirección fuera suya.
    Para asegurar que nadie más configuró la cuenta, se quitaron su contraseña y todo lo demás con lo que se podía entrar, y se cerraron las demás sesiones.
mail-unproven-dropped-action = Ver su cuenta
mail-unproven-dropped-after = Allí puede elegir una contraseña nueva o añadir una llave de acceso.
mail-email-change-subject = Confirme su nueva dirección de correo
mail-email-change-before = Alguien, seguramente usted, quiere usar { $to } para su cuenta de { $product }. Ábralo con la sesión iniciada:
mail-email-change-action = Usar esta dirección
mail-email-change-after =
    El enlace funciona una vez, durante { $time }.
    Si no fue usted, no haga nada: sin el enlace no cambia nada.
mail-email-change-requested-subject = Se pidió otra dirección de correo
mail-email-change-requested-before = El { $at } alguien, seguramente usted, pidió otra dirección de correo para la cuenta { $to } de { $product }. Todavía no ha cambiado nada.
mail-email-change-requested-action = Ver su cuenta
mail-email-change-requested-after = Si no fue usted, otra persona tiene la sesión abierta en su cuenta: cierre todas las sesiones y cambie su contraseña de inmediato.
mail-email-changed-subject = Su dirección de correo ha cambiado
mail-email-changed-before =
    La cuenta de { $product } que tenía la dirección { $to } tiene otra desde el { $at }.
    Se cerraron las demás sesiones de la cuenta. Este es el último correo sobre ella a esta dirección.
mail-email-changed-action = Iniciar sesión
mail-email-changed-after = Si no fue usted, avise de inmediato a la administración de este servicio.
mail-phone-changed-subject = Su número de teléfono ha cambiado
mail-phone-changed-before = El número de teléfono de la cuenta { $to } de { $product } se cambió el { $at }.
mail-phone-changed-action = Ver su cuenta
mail-phone-changed-after = Si no fue usted, cierre todas las sesiones y cambie su contraseña de inmediato.
mail-phone-removed-subject = Su número de teléfono se ha quitado
mail-phone-removed-before = El número de teléfono de la cuenta { $to } de { $product } se quitó el { $at }.
mail-phone-removed-action = Ver su cuenta
mail-phone-removed-after = Si no fue usted, cierre todas las sesiones y cambie su contraseña de inmediato.
mail-test-subject = Un correo para probar la configuración
mail-test-before = La administración de { $product } envió este correo a { $to } para ver si el correo llega. Llega.
mail-test-action = Abrir la consola
mail-test-after = No hay nada que hacer.
sms-code = { $code } es su código de { $product }. Funciona una vez, durante { $time }. No se lo dé a nadie.
sms-phone-removed = Este número ya no pertenece a una cuenta de { $product }. Si no fue usted, avise a la administración de ese servicio.
sms-test = La administración de { $product } envió esto para ver si llegan los SMS. Llegan.
mail-totp-enabled-subject = La verificación en dos pasos está activada
mail-totp-enabled-before =
    Se configuró una aplicación de autenticación para la cuenta { $to } de { $product } el { $at }: desde ahora, iniciar sesión pide un código de ella.
    Se cerraron las demás sesiones.
mail-totp-enabled-action = Ver su cuenta
mail-totp-enabled-after = Si no fue usted, otra persona puede usar su cuenta: ábrala, cierre todas las sesiones y avise de inmediato a la administración de este servicio.
mail-totp-disabled-subject = La verificación en dos pasos está desactivada
mail-totp-disabled-before =
    La aplicación de autenticación y los códigos de reserva de la cuenta { $to } de { $product } se quitaron el { $at }: iniciar sesión pide un solo paso.
    Se cerraron las demás sesiones.
mail-totp-disabled-action = Ver su cuenta
mail-totp-disabled-after = Si no fue usted, otra persona puede usar su cuenta: ábrala, cierre todas las sesiones y avise de inmediato a la administración de este servicio.
mail-backup-codes-created-subject = Tiene códigos de reserva nuevos
mail-backup-codes-created-before = Se crearon códigos de reserva para la cuenta { $to } de { $product } el { $at }. Los anteriores ya no valen.
mail-backup-codes-created-action = Ver su cuenta
mail-backup-codes-created-after = Si no fue usted, otra persona puede usar su cuenta: ábrala, cierre todas las sesiones y avise de inmediato a la administración de este servicio.
mail-backup-code-used-subject = Se usó un código de reserva
mail-backup-code-used-before = Alguien inició sesión en la cuenta { $to } de { $product } con un código de reserva el { $at }. Ese código ya no vale.
mail-backup-code-used-action = Ver su cuenta
mail-backup-code-used-after = Si no fue usted, otra persona puede usar su cuenta: ábrala, cierre todas las sesiones y avise de inmediato a la administración de este servicio.
mail-passkey-added-subject = Se añadió una llave de acceso
mail-passkey-added-before = Se añadió una llave de acceso a la cuenta { $to } de { $product } el { $at }. Desde ahora se puede iniciar sesión con ella.
mail-passkey-added-action = Ver su cuenta
mail-passkey-added-after = Si no fue usted, otra persona puede usar su cuenta: ábrala, cierre todas las sesiones y avise de inmediato a la administración de este servicio.
mail-passkey-removed-subject = Se quitó una llave de acceso
mail-passkey-removed-before =
    Se quitó una llave de acceso de la cuenta { $to } de { $product } el { $at }.
    Se cerraron las demás sesiones.
mail-passkey-removed-action = Ver su cuenta
mail-passkey-removed-after = Si no fue usted, otra persona puede usar su cuenta: ábrala, cierre todas las sesiones y avise de inmediato a la administración de este servicio.
mail-identity-linked-subject = Se añadió una nueva forma de iniciar sesión
mail-identity-linked-before = Desde el { $at } { $client } abre la cuenta { $to } de { $product }.
mail-identity-linked-action = Ver su cuenta
mail-identity-linked-after = Si no fue usted, quítela en la página de su cuenta y cambie su contraseña.
mail-identity-unlinked-subject = Se quitó una forma de iniciar sesión
mail-identity-unlinked-before =
    Desde el { $at } { $client } ya no abre la cuenta { $to } de { $product }.
    Se cerraron las demás sesiones de la cuenta.
mail-identity-unlinked-action = Ver su cuenta
mail-identity-unlinked-after = Si no fue usted, otra persona tiene la sesión abierta en su cuenta: cambie su contraseña de inmediato.
