;; Code that cannot be reached makes no records and costs nothing; a constant condition does not make code unreachable.
(module
  (func (export "dead") (result i32)
    block (result i32)
      i32.const 1
      br 0
      i32.const 2
      i32.add
      loop
        nop
      end
    end
    return
    i32.const 3)
  (func (export "alive") (result i32)
    block
      i32.const 1
      br_if 0
      i32.const 7
      return
    end
    i32.const 8)
  (func (export "empty")))
;; == lockstep-1
;; function 0: params 0, locals 0, results 1, window 1, cost 5
;;   0: charge 13 checked
;;   1: const_u32 s0, 1
;;   2: jump -> 3
;;   3: charge 3
;;   4: return s0
;; function 1: params 0, locals 0, results 1, window 1, cost 5
;;   0: charge 13 checked
;;   1: const_u32 s0, 1
;;   2: br_if i32.ne s0, 0 -> 7
;;   4: charge 4
;;   5: const_u32 s0, 7
;;   6: return s0
;;   7: charge 2
;;   8: const_u32 s0, 8
;;   9: return s0
;; function 2: params 0, locals 0, results 0, window 0, cost 4
;;   0: charge 9 checked
;;   1: return
;; == cosmwasm-3.0.8
;; function 0: params 0, locals 0, results 1, window 1, cost 5
;;   0: const_u32 s0, 1
;;   1: charge 1840 checked
;;   2: jump -> 3
;;   3: charge 1610
;;   4: return s0
;; function 1: params 0, locals 0, results 1, window 1, cost 5
;;   0: const_u32 s0, 1
;;   1: charge 1840 checked
;;   2: br_if i32.ne s0, 0 -> 7
;;   4: charge 1725
;;   5: const_u32 s0, 7
;;   6: return s0
;;   7: charge 1725
;;   8: const_u32 s0, 8
;;   9: return s0
;; function 2: params 0, locals 0, results 0, window 0, cost 4
;;   0: charge 1610 checked
;;   1: return
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 5
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 13 checked                         | 0015  sub r13, 0xd  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s0, 1                           | 0020  mov eax, 1
;; 2: jump -> 3                                 | 0025  mov qword ptr [rbp - 0x80], rax
;;                                              | 0029  jmp 002e
;; 3: charge 3                                  | 002e  sub r13, 3  ; gas
;; 4: return s0                                 | 0032  mov rax, qword ptr [rbp - 0x80]
;;                                              | 0036  add dword ptr [r15 + 8], 5
;;                                              | 003b  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 5
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 13 checked                         | 0015  sub r13, 0xd  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: const_u32 s0, 1                           | 0020  mov eax, 1
;; 2: br_if i32.ne s0, 0 -> 7                   | 0025  test eax, eax
;;                                              | 0027  jne 003c
;; 4: charge 4                                  | 002d  sub r13, 4  ; gas
;; 5: const_u32 s0, 7                           | 0031  mov eax, 7
;; 6: return s0                                 | 0036  add dword ptr [r15 + 8], 5
;;                                              | 003b  ret
;; 7: charge 2                                  | 003c  sub r13, 2  ; gas
;; 8: const_u32 s0, 8                           | 0040  mov eax, 8
;; 9: return s0                                 | 0045  add dword ptr [r15 + 8], 5
;;                                              | 004a  ret
;; function 2
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 4
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 9 checked                          | 0015  sub r13, 9  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: return                                    | 0020  add dword ptr [r15 + 8], 4
;;                                              | 0025  ret
;; == a64
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #5
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 13 checked                         | 0020  subs x21, x21, #0xd  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: const_u32 s0, 1                           | 002c  movz w0, #0x1
;; 2: jump -> 3                                 | 0030  str x0, [x22]
;;                                              | 0034  b 0038
;; 3: charge 3                                  | 0038  subs x21, x21, #3  ; gas
;; 4: return s0                                 | 003c  ldr x0, [x22]
;;                                              | 0040  ldr w17, [x19, #8]
;;                                              | 0044  add w17, w17, #5
;;                                              | 0048  str w17, [x19, #8]
;;                                              | 004c  ldr x30, [x23], #8
;;                                              | 0050  ret
;; function 1
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #5
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 13 checked                         | 0020  subs x21, x21, #0xd  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: const_u32 s0, 1                           | 002c  movz w0, #0x1
;; 2: br_if i32.ne s0, 0 -> 7                   | 0030  cmp w0, #0
;;                                              | 0034  b.ne 0054
;; 4: charge 4                                  | 0038  subs x21, x21, #4  ; gas
;; 5: const_u32 s0, 7                           | 003c  movz w0, #0x7
;; 6: return s0                                 | 0040  ldr w17, [x19, #8]
;;                                              | 0044  add w17, w17, #5
;;                                              | 0048  str w17, [x19, #8]
;;                                              | 004c  ldr x30, [x23], #8
;;                                              | 0050  ret
;; 7: charge 2                                  | 0054  subs x21, x21, #2  ; gas
;; 8: const_u32 s0, 8                           | 0058  movz w0, #0x8
;; 9: return s0                                 | 005c  ldr w17, [x19, #8]
;;                                              | 0060  add w17, w17, #5
;;                                              | 0064  str w17, [x19, #8]
;;                                              | 0068  ldr x30, [x23], #8
;;                                              | 006c  ret
;; function 2
;; (entry)
