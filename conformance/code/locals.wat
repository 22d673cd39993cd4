;; Declared locals are zeroed at entry; under lockstep-1 each is paid, under cosmwasm 3.0.8 none.
(module
  (func (export "few") (local i32 i64))
  (func (export "many") (param i32) (result i64)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    local.get 0
    local.set 21
    local.get 1
    i32.const 1
    if
      i64.const 4
      local.set 1
    end
    local.get 1
    i64.add))
;; == lockstep-1
;; function 0: params 0, locals 2, results 0, window 2, cost 6
;;   0: charge 11 checked
;;   1: return
;; function 1: params 1, locals 40, results 1, window 43, cost 47
;;   0: charge 55 checked
;;   1: copy s21, s0
;;   2: copy s41, s1
;;   3: const_u32 s42, 1
;;   4: br_if i32.eq s42, 0 -> 8
;;   6: charge 3
;;   7: const_u32 s1, 4
;;   8: charge 4
;;   9: i64.add s41, s41, s1
;;   10: return s41
;; == cosmwasm-3.0.8
;; function 0: params 0, locals 2, results 0, window 2, cost 6
;;   0: charge 1610 checked
;;   1: return
;; function 1: params 1, locals 40, results 1, window 43, cost 47
;;   0: copy s21, s0
;;   1: copy s41, s1
;;   2: const_u32 s42, 1
;;   3: charge 2070 checked
;;   4: br_if i32.eq s42, 0 -> 8
;;   6: const_u32 s1, 4
;;   7: charge 1840
;;   8: i64.add s41, s41, s1
;;   9: charge 1840
;;   10: return s41
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 6
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 11 checked                         | 0015  sub r13, 0xb  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: return                                    | 0020  add dword ptr [r15 + 8], 6
;;                                              | 0025  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 0x2f
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  xor r12d, r12d
;; 0: charge 55 checked                         | 0018  sub r13, 0x37  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: copy s21, s0                              | 0023  mov rdx, rax
;; 2: copy s41, s1                              | 0026  mov rbx, r12
;; 3: const_u32 s42, 1                          | 0029  mov esi, 1
;; 4: br_if i32.eq s42, 0 -> 8                  | 002e  mov qword ptr [rbp - 0x80], rax
;;                                              | 0032  test esi, esi
;;                                              | 0034  je 0044
;; 6: charge 3                                  | 003a  sub r13, 3  ; gas
;; 7: const_u32 s1, 4                           | 003e  mov r12d, 4
;; 8: charge 4                                  | 0044  sub r13, 4  ; gas
;; 9: i64.add s41, s41, s1                      | 0048  add rbx, r12
;; 10: return s41                               | 004b  mov rax, rbx
;;                                              | 004e  add dword ptr [r15 + 8], 0x2f
;;                                              | 0053  ret
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 6
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 11 checked                         | 0015  sub r13, 0xb  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: return                                    | 0020  add dword ptr [r15 + 8], 6
;;                                              | 0025  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 0x2f
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  xor r11d, r11d
;; 0: charge 55 checked                         | 0018  sub r13, 0x37  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: copy s21, s0                              | 0023  mov rdx, rax
;; 2: copy s41, s1                              | 0026  mov r12, r11
;; 3: const_u32 s42, 1                          | 0029  mov esi, 1
;; 4: br_if i32.eq s42, 0 -> 8                  | 002e  mov qword ptr [rbp - 0x80], rax
;;                                              | 0032  test esi, esi
;;                                              | 0034  je 0044
;; 6: charge 3                                  | 003a  sub r13, 3  ; gas
;; 7: const_u32 s1, 4                           | 003e  mov r11d, 4
;; 8: charge 4                                  | 0044  sub r13, 4  ; gas
;; 9: i64.add s41, s41, s1                      | 0048  add r12, r11
;; 10: return s41                               | 004b  mov rax, r12
;;                                              | 004e  add dword ptr [r15 + 8], 0x2f
;;                                              | 0053  ret
;; == a64
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #6
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 11 checked                         | 0020  subs x21, x21, #0xb  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: return                                    | 002c  ldr w17, [x19, #8]
;;                                              | 0030  add w17, w17, #6
;;                                              | 0034  str w17, [x19, #8]
;;                                              | 0038  ldr x30, [x23], #8
;;                                              | 003c  ret
;; function 1
;; (entry)
