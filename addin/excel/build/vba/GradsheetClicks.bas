Option Explicit

Private Const MACROS As String = "addin.excel.inside.macros"
Private Const TITLE As String = "Gradsheet"
Private Const CSV_FILES As String = "Weights (*.csv), *.csv"
Private Const ESC_PRESSED As Long = 18

Private isBusy As Boolean
Private isStopping As Boolean
Private hasIgnored As Boolean

' What every button does, by the button's name. A click during another is ignored; Stop is heard.
Public Sub GradsheetClick(ByVal button As String)
    Dim path As Variant
    If button = "stop" Then
        isStopping = True
        Exit Sub
    End If
    If isBusy Then
        hasIgnored = True
        Exit Sub
    End If
    If GradsheetBook() Is Nothing Then
        MsgBox "Open a workbook first.", vbExclamation, TITLE
        Exit Sub
    End If
    Select Case button
        Case "messages"
            MsgBox Explanation(), vbInformation, TITLE
        Case "export"
            path = Application.GetSaveAsFilename(WeightsFile(), CSV_FILES)
            If VarType(path) = vbString Then TakeClick button, path
        Case "import"
            path = Application.GetOpenFilename(CSV_FILES)
            If VarType(path) = vbString Then TakeClick button, path
        Case Else
            TakeClick button, ""
    End Select
End Sub

' VBA stands still while Python works, so Python works in short pieces and gives back which cells have changed.
Private Sub TakeClick(ByVal button As String, ByVal path As String)
    Dim book As Workbook
    Dim answer As Variant
    Dim calculationBefore As Long
    Dim updatingBefore As Boolean
    Dim said As String
    Dim icon As Long
    isBusy = True
    isStopping = False
    hasIgnored = False
    Set book = GradsheetBook()
    calculationBefore = Application.Calculation
    updatingBefore = Application.ScreenUpdating
    On Error GoTo failed
    Application.EnableCancelKey = xlErrorHandler
    Application.StatusBar = "Gradsheet reads " & book.Name & " ..."
    TryPythonAgain
    answer = CallPython(MACROS, "click", Array(button, path, SheetsOf(book), NamesOf(book)), book)
    Do
        WriteBlocks book, answer, calculationBefore, updatingBefore
        If answer(0) <> "running" Then Exit Do
        Application.StatusBar = answer(1) & IgnoredNotice()
        DoEvents
        answer = CallPython(MACROS, "go_on", Array(isStopping), book, False)
    Loop
    If answer(0) = "said" Then icon = vbInformation
    If answer(0) = "failed" Then icon = vbExclamation
    If icon <> 0 Then said = answer(1)
finish:
    On Error Resume Next
    Application.Calculation = calculationBefore
    Application.ScreenUpdating = updatingBefore
    Application.EnableCancelKey = xlInterrupt
    Application.StatusBar = False
    isBusy = False
    If said <> "" Then MsgBox said, icon, TITLE
    Exit Sub
failed:
    If Err.Number = ESC_PRESSED Then
        isStopping = True
        Resume
    End If
    said = "Gradsheet failed: " & Err.Description & vbLf & DoctorAdvice()
    icon = vbExclamation
    Resume finish
End Sub

' The title of the sheet in front, then those of all: asked for one by one from Python, they would take long.
Private Function SheetsOf(ByVal book As Workbook) As Variant
    Dim titles() As Variant
    Dim i As Long
    ReDim titles(0 To book.Worksheets.Count)
    titles(0) = book.ActiveSheet.Name
    For i = 1 To book.Worksheets.Count
        titles(i) = book.Worksheets(i).Name
    Next i
    SheetsOf = titles
End Function

' A blank row, then each name with what it stands for.
Private Function NamesOf(ByVal book As Workbook) As Variant
    Dim table() As Variant
    Dim i As Long
    ReDim table(0 To book.Names.Count, 0 To 1)
    table(0, 0) = ""
    table(0, 1) = ""
    For i = 1 To book.Names.Count
        table(i, 0) = book.Names(i).Name
        table(i, 1) = book.Names(i).RefersTo
    Next i
    NamesOf = table
End Function

' The answer is a state, a sentence, and a sheet and an address for each block; the formulas calculate once.
Private Sub WriteBlocks(ByVal book As Workbook, ByRef answer As Variant, ByVal calculationBefore As Long, _
        ByVal updatingBefore As Boolean)
    Dim i As Long
    If UBound(answer) < 3 Then Exit Sub
    Application.ScreenUpdating = False
    Application.Calculation = xlCalculationManual
    For i = 2 To UBound(answer) - 1 Step 2
        book.Worksheets(answer(i)).Range(answer(i + 1)).Value = _
            CallPython(MACROS, "block", Array((i - 2) / 2), book, False)
    Next i
    Application.Calculation = calculationBefore
    Application.ScreenUpdating = updatingBefore
    If calculationBefore = xlCalculationManual Then Application.Calculate
End Sub

' Said for the rest of a click during which another one came.
Public Function IgnoredNotice() As String
    If hasIgnored Then IgnoredNotice = " - a click was ignored: wait for the end of the training, or press Stop."
End Function

' The weights' file beside the workbook; a workbook on the web or never saved has no folder here.
Private Function WeightsFile() As String
    Dim dot As Long
    Dim folder As String
    WeightsFile = GradsheetBook().Name
    dot = InStrRev(WeightsFile, ".")
    If dot > 0 Then WeightsFile = Left$(WeightsFile, dot - 1)
    WeightsFile = WeightsFile & ".weights.csv"
    folder = GradsheetBook().Path
    If folder <> "" And InStr(folder, "://") = 0 Then WeightsFile = folder & "\" & WeightsFile
End Function

' Loads Python and the compiled formulas when the workbook opens, so that the first click answers at once.
' Tells whether Python answered.
Public Function WarmUp() As Boolean
    Dim answer As Variant
    On Error GoTo failed
    Application.StatusBar = "Gradsheet is loading; the first time of a day this takes some seconds."
    TryPythonAgain
    answer = CallPython(MACROS, "click", Array("warm", ""), ThisWorkbook)
    Application.StatusBar = False
    WarmUp = True
    Exit Function
failed:
    Application.StatusBar = False
    MsgBox "The formulas of Gradsheet got no answer from Python: " & Err.Description & vbLf & _
        DoctorAdvice(), vbExclamation, TITLE
End Function

' Excel calculates a workbook when it is opened, but its macros run only after Enable Content: formulas of Gradsheet's show
' errors until they are calculated once more. Without Python the numbers from the file stay.
Public Sub CalculateOnce()
    Dim sheet As Worksheet
    Dim savedBefore As Boolean
    savedBefore = ThisWorkbook.Saved
    ' A sheet that Excel does not mark keeps its values.
    On Error Resume Next
    For Each sheet In ThisWorkbook.Worksheets
        sheet.UsedRange.Dirty
    Next sheet
    Application.Calculate
    On Error GoTo 0
    ThisWorkbook.Saved = savedBefore
End Sub
