Option Explicit
Option Private Module

Private Const CANNOT_START As Long = 1000
' What COM says of a process that has ended, and in the first place how VBA puts it.
Private Const NO_MACHINE As Long = 462
Private Const SERVER_UNAVAILABLE As Long = &H800706BA
Private Const CALL_FAILED As Long = &H800706BE
Private Const SERVER_DIED As Long = &H80010007
Private Const SERVER_DIED_UNCALLED As Long = &H80010012
Private Const DISCONNECTED As Long = &H80010108

Private server As Object
Private failure As String

' The Python behind formulas and buttons is kept: asking for it anew reads all settings. Where it has ended, a call that
' begins something starts it once more.
Public Function CallPython(ByVal unit As String, ByVal called As String, ByVal given As Variant, ByVal book As Variant, _
        Optional ByVal begins As Boolean = True) As Variant
    Dim wasKept As Boolean
    wasKept = Not server Is Nothing
    If Not wasKept Then StartPython
    On Error GoTo failed
    CallPython = server.CallUDF(unit, called, given, book)
    Exit Function
failed:
    If HasEnded(Err.Number) Then Set server = Nothing
    If server Is Nothing And wasKept And begins Then Resume again
    Err.Raise Err.Number, , Err.Description
again:
    On Error GoTo 0
    StartPython
    CallPython = server.CallUDF(unit, called, given, book)
End Function

' A Python that cannot start is asked only once: each try takes its time, and a workbook has dozens of formulas.
Private Sub StartPython()
    If failure <> "" Then Err.Raise CANNOT_START, , failure
    On Error GoTo failed
    Set server = XLPy()
    Exit Sub
failed:
    failure = Err.Description
    If failure = "" Then failure = "it cannot be started."
    Err.Raise CANNOT_START, , failure
End Sub

' Whoever opens a workbook, presses a button or asks the doctor tries again.
Public Sub TryPythonAgain()
    failure = ""
End Sub

Private Function HasEnded(ByVal number As Long) As Boolean
    Select Case number
        Case NO_MACHINE, SERVER_UNAVAILABLE, CALL_FAILED, SERVER_DIED, SERVER_DIED_UNCALLED, DISCONNECTED
            HasEnded = True
    End Select
End Function

' The interpreter that the hidden sheet xlwings.conf names.
Public Function Interpreter() As String
    Interpreter = Replace(GetConfig("INTERPRETER_WIN", ""), "pythonw.exe", "python.exe")
End Function

' What to type into a command window.
Public Function GradsheetCommand(ByVal words As String) As String
    GradsheetCommand = """" & Interpreter() & """ -m addin.cli " & words
End Function

Public Function DoctorAdvice() As String
    DoctorAdvice = "Press Doctor in the tab Gradsheet, or run this in a command window: " & GradsheetCommand("doctor excel")
End Function
