;; SPDX-License-Identifier: Apache-2.0
;; A contract that others can notify, as a cw20 token does on `send`. Whatever it is told, it sends
;; 1ulock to a fixed account (of the name "collector", with the prefix lock) and asks for a reply in
;; any case; it counts the replies, and tells the count when it is queried.
(module
  (import "env" "db_read" (func $db_read (param i32) (result i32)))
  (import "env" "db_write" (func $db_write (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "interface_version_8"))

  ;; a Region at 16: the key "count"; at 32: the first value
  (data (i32.const 16) "\40\00\00\00\05\00\00\00\05\00\00\00")
  (data (i32.const 32) "\50\00\00\00\0c\00\00\00\0c\00\00\00")
  (data (i32.const 64) "count")
  (data (i32.const 80) "           0")
  (data (i32.const 128) "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

  ;; answers: 269, 62 and 96 bytes
  (data (i32.const 256)
    "{\"ok\":{\"messages\":[{\"id\":1,\"msg\":{\"bank\":{\"send\":{\"to_address\":\"lock1qum06kmuc74hml5"
    "zr5ap07flyc6yjams2mxm7e\",\"amount\":[{\"denom\":\"ulock\",\"amount\":\"1\"}]}}},\"gas_limit\":nu"
    "ll,\"reply_on\":\"always\"}],\"attributes\":[{\"key\":\"action\",\"value\":\"received\"}],\"events\""
    ":[],\"data\":null}}")
  (data (i32.const 640) "{\"ok\":{\"messages\":[],\"attributes\":[],\"events\":[],\"data\":null}}")
  (data (i32.const 768)
    "{\"ok\":{\"messages\":[],\"attributes\":[{\"key\":\"action\",\"value\":\"counted\"}],\"events\":[],\""
    "data\":null}}")
  (data (i32.const 896) "{\"ok\":\"................\"}")

  ;; Memory is only ever taken: an instance lives for one call.
  (global $free (mut i32) (i32.const 4096))
  (func $allocate (export "allocate") (param $size i32) (result i32)
    (local $region i32)
    (local.set $region (global.get $free))
    (global.set $free
      (i32.and (i32.add (i32.add (local.get $region) (local.get $size)) (i32.const 19))
        (i32.const -8)))
    (block $enough
      (loop $grow
        (br_if $enough
          (i32.le_u (global.get $free) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $grow (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
        (return (i32.const 0))))
    (i32.store (local.get $region) (i32.add (local.get $region) (i32.const 12)))
    (i32.store offset=4 (local.get $region) (local.get $size))
    (i32.store offset=8 (local.get $region) (i32.const 0))
    (local.get $region))
  (func (export "deallocate") (param i32))

  ;; A Region of bytes that lie somewhere.
  (func $region (param $at i32) (param $length i32) (result i32)
    (local $region i32)
    (local.set $region (call $allocate (i32.const 0)))
    (i32.store (local.get $region) (local.get $at))
    (i32.store offset=4 (local.get $region) (local.get $length))
    (i32.store offset=8 (local.get $region) (local.get $length))
    (local.get $region))

  (func (export "instantiate") (param $env i32) (param $info i32) (param $msg i32) (result i32)
    (call $db_write (i32.const 16) (i32.const 32))
    (call $region (i32.const 640) (i32.const 62)))

  (func (export "execute") (param $env i32) (param $info i32) (param $msg i32) (result i32)
    (call $region (i32.const 256) (i32.const 269)))

  ;; Adds one to the decimal number in 12 characters, filled with blanks from the left.
  (func (export "reply") (param $env i32) (param $msg i32) (result i32)
    (local $value i32)
    (local $digit i32)
    (local.set $value (call $db_read (i32.const 16)))
    (local.set $digit (i32.add (i32.load (local.get $value)) (i32.const 11)))
    (loop $carry
      (if (i32.eq (i32.load8_u (local.get $digit)) (i32.const 0x39)) ;; 9
        (then
          (i32.store8 (local.get $digit) (i32.const 0x30))
          (local.set $digit (i32.sub (local.get $digit) (i32.const 1)))
          (br $carry))))
    (i32.store8 (local.get $digit) ;; a blank counts as 0
      (i32.add (i32.or (i32.load8_u (local.get $digit)) (i32.const 0x10)) (i32.const 1)))
    (call $db_write (i32.const 16) (local.get $value))
    (call $region (i32.const 768) (i32.const 96)))

  ;; The 12 characters in base64: 4 groups of 3 bytes. JSON does not mind the blanks.
  (func (export "query") (param $env i32) (param $msg i32) (result i32)
    (local $from i32)
    (local $to i32)
    (local $group i32)
    (local $shift i32)
    (local.set $from (i32.load (call $db_read (i32.const 16))))
    (local.set $to (i32.const 903))
    (loop $groups
      (local.set $group
        (i32.or
          (i32.or (i32.shl (i32.load8_u (local.get $from)) (i32.const 16))
            (i32.shl (i32.load8_u offset=1 (local.get $from)) (i32.const 8)))
          (i32.load8_u offset=2 (local.get $from))))
      (local.set $shift (i32.const 18))
      (loop $digits
        (i32.store8 (local.get $to)
          (i32.load8_u offset=128
            (i32.and (i32.shr_u (local.get $group) (local.get $shift)) (i32.const 63))))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $shift (i32.sub (local.get $shift) (i32.const 6)))
        (br_if $digits (i32.ge_s (local.get $shift) (i32.const 0))))
      (local.set $from (i32.add (local.get $from) (i32.const 3)))
      (br_if $groups (i32.lt_u (local.get $to) (i32.const 919))))
    (call $region (i32.const 896) (i32.const 25))))
